"""What the service knows; no HTTP and no WeCom in here."""
