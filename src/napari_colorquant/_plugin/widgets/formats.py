"""Numbers as the docks write them."""


def format_share(share: float) -> str:
    """Return a share as percent: "12.3 %", "< 0.1 %"."""
    return "< 0.1 %" if 0 < share < 0.0005 else f"{100 * share:.1f} %"


def format_count(number: float) -> str:
    """Return a number without decimals, with thin spaces between thousands."""
    return f"{number:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def format_number(value: float) -> str:
    """Return a number with four significant digits and thin spaces between thousands."""
    if value == 0 or abs(value) >= 1000:
        return format_count(value)
    return f"{value:.4g}"
