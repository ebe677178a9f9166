"""The papers a station signs: what they say (`paper`), how they look (one ``.typ`` file each), and the press that makes
PDF and preview pictures of them (`rendering`)."""
