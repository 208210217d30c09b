//! Whole runs of the program against a program that only reads the file.
fn main() {}
