//! Black-box tests: real clients against any endpoint, ours or a peer's. See `tests/`, `python/` and `javascript/`.
