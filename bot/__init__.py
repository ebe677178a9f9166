"""The conversation with WeCom members, and the command line that starts it all."""
