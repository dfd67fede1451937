"""The central API: it orders, routes and receipts sealed records, and can read none of them."""
