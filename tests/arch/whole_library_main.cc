// Linking is the test.
int main() { return 0; }
