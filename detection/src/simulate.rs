//! Networks without sockets and with a clock of their own, to try the rules on by the thousand.
