"""The pages a member opens inside WeCom."""
