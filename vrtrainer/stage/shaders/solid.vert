layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec2 uv;
layout(location = 3) in vec4 tint;
uniform mat4 world_from_model;
out vec3 at;
out vec3 facing;
out vec2 on_image;
out vec4 tinted;
void main() {
    vec4 world = world_from_model * vec4(position, 1.0);
    at = world.xyz;
    facing = mat3(world_from_model) * normal;
    on_image = uv;
    tinted = tint;
    gl_Position = clip_from_world * world;
}
