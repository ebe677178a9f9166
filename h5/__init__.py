"""The pages a member opens inside WeCom, or in any browser: server-rendered, with WeUI's looks and htmx's comfort.

``Pages(engine, settings, store)`` is made once; ``routes(pages)`` gives its addresses.
"""

from h5.pages import Pages
from h5.routes import routes

__all__ = ["Pages", "routes"]
