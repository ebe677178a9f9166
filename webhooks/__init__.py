"""HTTP doors for machines: WeCom callback, sign-in, health."""
