"""What the acceptance tests share: running the binary, talking HTTP, counting checks."""
