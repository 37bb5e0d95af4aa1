// Makes the program with our own scenarios a tool; see replay/cli/main.cpp.
extern "C" {
extern const char reprise_is_a_tool;
const char reprise_is_a_tool = 1;
}
