//! A small internet inside one unprivileged process.
