//! Asks the network one question and says what was seen.
