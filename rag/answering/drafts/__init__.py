"""What a language model wrote, read as sentences with the passages that each cites.

Read from the outside in: reasoning is taken out (`reasoning`), lines are told apart (`lines`), markers of any spelling
are taken out of them (`citing`), what is left is cut into sentences (`sentences`), and each is told to be a claim, a
decline or a refusal (`declines`).
"""

from rag.answering.drafts.declines import may_decline
from rag.answering.drafts.sentences import DraftSentence, read_draft
from rag.answering.drafts.thoughts import Restart, reply_without_reasoning

__all__ = ["DraftSentence", "Restart", "may_decline", "read_draft", "reply_without_reasoning"]
