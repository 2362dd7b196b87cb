//! Is this value as expected, and if not, why.
