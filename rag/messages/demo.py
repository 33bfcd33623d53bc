"""The widget's demo page: a made-up article, and the options that a publisher tries. Pure."""

DEMO_PAPER = "The Marrow Bridge Gazette"
DEMO_SECTION = "Town"
DEMO_HEADLINE = "The clock that ran eleven minutes fast for a century is put right"
DEMO_BYLINE = "By Ines Carrow · A made-up article"
DEMO_OPENING = (
    "For as long as anyone in Marrow Bridge can say, the clock above the corn hall has been eleven minutes ahead of "
    "the rest of the country. On Tuesday morning two clockmakers climbed the ladder, opened the case and, in front of "
    "some sixty people, moved the hands back.",
    "Nobody had meant it to be wrong. The station opened in 1908 on the far side of the river, and the walk there "
    "takes eleven minutes. The stationmaster, tired of people running along the platform, asked the keeper of the "
    "clock for help, and the keeper helped.",
)
"""The paragraphs before the place of the inline widget."""
DEMO_REST = (
    "The station closed in 1964. The clock went on warning people of trains that no longer came. “We grew up with two "
    "times,” said a baker whose shop is beneath it. “There was hall time and there was the wireless.”",
    "The council has kept the old hands in a glass case on the stairs. They show eleven minutes past twelve.",
)
DEMO_WIDGET = "The widget on your page"
DEMO_OPTIONS = "On your page"
DEMO_SITE = "Site"
DEMO_MODE = "Mode"
DEMO_POSITION = "Position"
DEMO_THEME = "Theme"
DEMO_LANGUAGE, DEMO_SITES_LANGUAGE = "Language", "the site's"
DEMO_ACCENT = "Accent"
DEMO_GREETING = "Greeting"
DEMO_STARTERS = "Starter questions, separated by |"
DEMO_PIN = "pin this version, with an integrity hash"
DEMO_SNIPPET = "Copy this"
DEMO_COPY, DEMO_COPIED = "Copy", "Copied."


def demo_title(site: str) -> str:
    """Return the title of the demo page of a site."""
    return f"A page with the widget: {site}"
