"""Small drawings of our own, as SVG inside the page: strokes on a grid of 24, in the colour of the text."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_SHAPES: dict[str, str] = {
    "overview": '<path d="M4 19V11M10 19V5M16 19v-6M4 21h16"/>',
    "invoices": '<path d="M6 3h9l4 4v14H6z"/><path d="M15 3v4h4M9 12h7M9 16h7"/>',
    "debtors": '<circle cx="9" cy="8" r="3.5"/><path d="M3 20c0-4 2.5-6 6-6s6 2 6 6M16 5a3.5 3.5 0 0 1 0 6.5M18 14.5c2 .8 3 2.700 3 5.500"/>',
    "bank": '<path d="M3 9l9-5 9 5zM5 12v6M10 12v6M14 12v6M19 12v6M3 21h18"/>',
    "upload": '<path d="M12 15V4M8 8l4-4 4 4M4 15v5h16v-5"/>',
    "search": '<circle cx="11" cy="11" r="6"/><path d="M16 16l4.500 4.500"/>',
    "download": '<path d="M12 4v11M8 11l4 4 4-4M4 20h16"/>',
    "late": '<circle cx="12" cy="12" r="8.500"/><path d="M12 7v5.500l3.500 2"/>',
    "attention": '<path d="M12 4l9 16H3z"/><path d="M12 10v4.500M12 17.200v.3"/>',
    "done": '<path d="M5 12.500l4.500 4.500L19 7.500"/>',
    "wait": '<path d="M9 6v12M15 6v12"/>',
    "letter": '<path d="M3 6h18v12H3z"/><path d="M3 7l9 7 9-7"/>',
    "money": '<circle cx="12" cy="12" r="8.500"/><path d="M15.500 8.500a4.500 4.500 0 1 0 0 7M7 11h6M7 13.500h5"/>',
    "up": '<path d="M7 14l5-5 5 5"/>',
    "down": '<path d="M7 10l5 5 5-5"/>',
    "close": '<path d="M7 7l10 10M17 7L7 17"/>',
    "user": '<circle cx="12" cy="8.500" r="3.500"/><path d="M5 20c.5-4 3-6 7-6s6.500 2 7 6"/>',
    "flag": '<path d="M6 21V4h11l-2 4 2 4H6"/>',
    "next": '<path d="M10 7l5 5-5 5"/>',
    "previous": '<path d="M14 7l-5 5 5 5"/>',
}


def icon_svg(name: str) -> SafeString:
    """One drawing, hidden from screen readers because the words stand beside it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(_SHAPES[name]),  # noqa: S308 - our own text above
    )
