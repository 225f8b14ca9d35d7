in vec3 at;
in vec3 facing;
uniform vec4 colour;   // sRGB
uniform float rounded; // 0: one colour; 1: darker where it turns away
out vec4 seen;
void main() {
    float away = 1.0 - abs(dot(normalize(facing), normalize(eye.xyz - at)));
    vec4 c = colour;
    c.rgb *= 1.0 - 0.30 * rounded * away;
    c.a = mix(c.a, min(c.a + 0.25, 1.0), rounded * away);
    seen = vec4(c.rgb * lamp.w, c.a);
}
