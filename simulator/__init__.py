"""A local WeCom: the server side of its API, and phones in the browser."""
