// A ribbon between two points that always shows the eye its flat side, as wide for the eye everywhere.
layout(location = 0) in vec2 corner;
uniform mat4 eye_from_stage;
uniform mat4 clip_from_eye;
uniform vec3 origin;
uniform vec3 end;
uniform vec2 looks;       // half width as a tangent, opacity at most
out float far;            // metres from the hand
out float across;         // -1..1
void main() {
    vec3 a = (eye_from_stage * vec4(origin, 1.0)).xyz, b = (eye_from_stage * vec4(end, 1.0)).xyz;
    far = (corner.x * 0.5 + 0.5) * length(b - a);
    vec3 p = mix(a, b, corner.x * 0.5 + 0.5);
    vec3 sideways = cross(b - a, p);
    sideways /= max(length(sideways), 1e-6);
    across = corner.y;
    p += sideways * corner.y * 2.0 * looks.x * length(p);
    gl_Position = clip_from_eye * vec4(p, 1.0);
}
