layout(location = 0) in vec3 where;
layout(location = 1) in vec3 outward;
layout(location = 2) in vec3 on_cloth;
layout(location = 3) in vec3 shown;
uniform mat4 clip_from_stage;
uniform int first_of_fingers;
out vec3 at;
out vec3 facing;
out vec3 pattern;
out float level;
out float open_air;    // 1 where nothing is near, less in folds
out float to_finger;   // distance to the finger less that to the palm, for who draws where both lie
flat out float finger;
void main() {
    at = where;
    facing = outward;
    pattern = on_cloth;
    level = shown.x;
    open_air = shown.y;
    to_finger = shown.z;
    finger = gl_VertexID >= first_of_fingers ? 1.0 : 0.0;
    gl_Position = clip_from_stage * vec4(where, 1.0);
}
