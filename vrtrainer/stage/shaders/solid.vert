layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec2 uv;
uniform mat4 world_from_model;
out vec3 at;
out vec3 facing;
out vec2 on_image;
#ifdef TINTED
layout(location = 3) in vec4 tint;
out vec4 tinted;
#endif
void main() {
    vec4 world = world_from_model * vec4(position, 1.0);
    at = world.xyz;
    facing = mat3(world_from_model) * normal;
    on_image = uv;
#ifdef TINTED
    tinted = tint;
#endif
    gl_Position = clip_from_world * world;
}
