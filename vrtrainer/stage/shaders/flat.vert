// A skinned part in one colour, moved outward along its normals by an angle as seen from the eye.
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
uniform mat4 world_from_model;
uniform float outward;  // tangent of the angle
out vec3 at;
out vec3 facing;
void main() {
    vec3 there = (world_from_model * vec4(position, 1.0)).xyz;
    at = there + normal * outward * length(eye.xyz - there);
    facing = normal;
    gl_Position = clip_from_world * vec4(at, 1.0);
}
