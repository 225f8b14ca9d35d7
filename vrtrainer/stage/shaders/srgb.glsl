// What a screen shows for an amount of light, to within a thousandth, by roots alone: pow costs three times as much.
// The brightest light bends off below white: nothing is pure white in a headset.
vec3 to_srgb(vec3 light) {
    vec3 bright = max(light - 0.70, 0.0);
    light = min(max(light, 0.0), 0.70) + bright * 0.25 / (bright + 0.25);
    vec3 a = sqrt(light), b = sqrt(a), c = sqrt(b);
    return clamp(0.585122381 * a + 0.783140355 * b - 0.368262736 * c, 0.0, 1.0);
}
