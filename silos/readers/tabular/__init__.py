"""Tables of rows in any dialect: columns, times, and the query that makes canonical rows of them."""
