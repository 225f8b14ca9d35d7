// Triangles at one metre before the eye, put at the nearest depth there is.
layout(location = 0) in vec2 tangents;
uniform mat4 clip_from_eye;
void main() {
    vec4 clip = clip_from_eye * vec4(tangents, -1.0, 1.0);
    gl_Position = vec4(clip.xy, -clip.w, clip.w);
}
