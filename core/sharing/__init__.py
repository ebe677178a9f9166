"""What all replicas on one database share about WeCom: its tokens, and the pace at which they may call it."""
