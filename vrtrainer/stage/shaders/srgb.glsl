// What a screen shows for an amount of light, to within a thousandth, by roots alone: pow costs three times as much.
vec3 to_srgb(vec3 light) {
    vec3 a = sqrt(clamp(light, 0.0, 1.0)), b = sqrt(a), c = sqrt(b);
    return clamp(0.585122381 * a + 0.783140355 * b - 0.368262736 * c, 0.0, 1.0);
}
