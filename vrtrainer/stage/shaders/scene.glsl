layout(std140) uniform Scene {
    mat4 clip_from_world;
    mat4 shadow_from_world;
    vec4 eye;          // xyz
    vec4 to_light;     // xyz unit, w: size of a shadow texel
    vec4 lamp;         // rgb linear, w: brightness of the whole picture
    vec4 sky;          // rgb linear, light from above; w: whether there are shadows
    vec4 ground;       // rgb linear, light from below
};
