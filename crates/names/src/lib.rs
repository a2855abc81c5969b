//! ARNs, account ids, resource names and their grammar.
