"""Pages without script: articles, shared conversations, the library, how answers are made, the API's description."""

from web.pages.articles import HeldArticle, held_article, notices, story_articles
from web.pages.conversations import conversation_routes
from web.pages.routes import PAGE_POLICY, message_response, no_such_site, page_response, page_routes
from web.pages.usage import usage_routes

__all__ = [
    "PAGE_POLICY",
    "HeldArticle",
    "conversation_routes",
    "held_article",
    "message_response",
    "no_such_site",
    "notices",
    "page_response",
    "page_routes",
    "story_articles",
    "usage_routes",
]
