out vec4 seen;
void main() { seen = vec4(0.0, 0.0, 0.0, 1.0); }
