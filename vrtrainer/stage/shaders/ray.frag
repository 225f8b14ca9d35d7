in float far;
in float across;
uniform vec3 origin;
uniform vec3 end;
uniform vec3 core;        // sRGB, as the rim
uniform vec3 rim;
uniform vec2 looks;
uniform float brightness;
out vec4 seen;
void main() {
    float whole = length(end - origin);
    float soft = max(fwidth(across), 1e-4);
    float wide = clamp((1.0 - abs(across)) / soft, 0.0, 1.0);
    float inner = clamp((0.5 - abs(across)) / soft + 0.5, 0.0, 1.0);
    float shown = smoothstep(0.0, 0.08, far) * (1.0 - smoothstep(0.25, 1.0, far / max(whole, 1e-4)));
    seen = vec4(mix(rim, core, inner) * brightness, shown * wide * looks.y * mix(0.5, 1.0, inner));
}
