"""Amounts as people read them. Typed amounts are read by `fund_balance.parse_amount`."""

SIGNS = {"USD": "$", "MXN": "MX$", "CAD": "CA$", "EUR": "€", "GBP": "£"}


def money_words(cents: int, currency: str = "USD") -> str:
    """Return whole cents as an amount: $1,234.50; -$3.00.

    Spanish follows the usage of the United States and Mexico: the same.
    """
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"{sign}{SIGNS.get(currency, currency + ' ')}{whole:,}.{rest:02d}"
