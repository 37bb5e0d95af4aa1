// Nothing: keeps a target valid whose own sources are all in libraries, or not written yet.
