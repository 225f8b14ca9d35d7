// A skinned part in one colour, moved outward along its normals by an angle as seen from the eye.
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
uniform float outward;  // tangent of the angle
out vec3 at;
out vec3 facing;
void main() {
    at = position + normal * outward * length(eye.xyz - position);
    facing = normal;
    gl_Position = clip_from_world * vec4(at, 1.0);
}
