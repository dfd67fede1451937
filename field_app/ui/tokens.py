"""The measures of the design: everything on screen is one of these.

Sizes are logical pixels and grow with the text scale of the operating system where they hold text.
"""

from typing import Final

# Type scale: caption, body, lead, title, headline.
CAPTION: Final = 12
BODY: Final = 14
LEAD: Final = 16
TITLE: Final = 20
HEADLINE: Final = 24

# Spacing scale.
SPACE_XS: Final = 4
SPACE_S: Final = 8
SPACE_M: Final = 12
SPACE_L: Final = 16
SPACE_XL: Final = 24

CORNER: Final = 12
ELEVATION: Final = 1

TOUCH: Final = 48  # WCAG 2.5.5 asks 44; Material and journeys.md ask 48
# Above and below the words of a button: TOUCH high with one line of BODY, and higher with larger
# text or a second line. A fixed height would cut them (WCAG 1.4.4).
BUTTON_PADDING: Final = SPACE_L
WIDE_FROM: Final = 840  # Material's "expanded" window: list and detail fit side by side
READING_WIDTH: Final = 560  # a form or a text wider than this is hard to follow
ROOMY_FROM: Final = 1200  # list, detail and side panel fit side by side
LIST_PANE_WIDTH: Final = 400
NARROW_LIST_PANE_WIDTH: Final = 340
SIDE_PANEL_WIDTH: Final = 400

NOTICE_SECONDS: Final = 8.0  # how long "Saved" can be undone: two slow reads of the line
