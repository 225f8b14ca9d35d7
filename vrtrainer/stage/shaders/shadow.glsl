#define SHADOW
