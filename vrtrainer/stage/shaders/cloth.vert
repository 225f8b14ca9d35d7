// A point of a mesh, pushed onto the smooth surface round all bones together: of a capsule, which is first stretched
// along its bone, or of the palm, which stands near there already.
layout(location = 0) in vec4 point;  // direction, place along the bone; or place in the stage's space, -1 - how much shown
uniform int first;                   // capsule of the first instance
out vec3 where;
out vec3 outward;
out vec3 on_cloth;     // metres: along and across the palm, or along and the two sides of a finger
out vec3 shown;        // how much; 1 in open air and less in folds; distance to the finger less that to the palm

// Distance to one capsule and its outward direction.
vec4 capsule(vec3 p, int i) {
    vec4 a = ends[2 * i], b = ends[2 * i + 1];
    if (a.w < 0.0) return vec4(0.0, 1.0, 0.0, 1.0);
    vec3 ap = p - a.xyz;
    float t = clamp(dot(ap, b.xyz) * ways[i].w, 0.0, 1.0);
    vec3 q = ap - t * b.xyz;
    float d = max(length(q), 1e-6);
    return vec4(q / d, d - mix(a.w, b.w, t));
}

// Smooth union: soft minimum by sums of exponentials, the same in whatever order.
void add(inout vec4 sum, inout float weight, vec4 one, float soft) {
    float w = exp2(clamp(-one.w / soft, -60.0, 60.0));
    sum += w * vec4(one.xyz, 0.0);
    weight += w;
}

vec4 ended(vec4 sum, float weight, float soft) {
    return vec4(sum.xyz / max(weight, 1e-30), -soft * log2(max(weight, 1e-30)));
}

vec4 joined(vec4 a, vec4 b, float k) {
    float h = max(k - abs(a.w - b.w), 0.0) / k;
    vec4 near = a.w < b.w ? a : b, far = a.w < b.w ? b : a;
    return vec4(mix(near.xyz, far.xyz, 0.5 * h), near.w - h * h * k * 0.25);
}

float palm_is, finger_is;  // of the last point asked: distances to the palm and to the nearest finger

vec4 surface(vec3 p) {
    float size = wrist.w;
    vec4 sum = vec4(0.0);
    float weight = 0.0, soft = 0.0030 * size;
    for (int i = 0; i < PALM; ++i) add(sum, weight, capsule(p, i), soft);
    vec4 palm = ended(sum, weight, soft), found = palm;
    palm_is = palm.w;
    finger_is = 1.0;
    soft = 0.0005 * size;
    for (int f = 0, i = PALM; f < 5; ++f) {
        int bones = f == 0 ? 2 : 3;
        sum = vec4(0.0);
        weight = 0.0;
        vec4 first = capsule(p, i);
        for (int k = 0; k < bones; ++k, ++i) add(sum, weight, k == 0 ? first : capsule(p, i), soft);
        vec4 chain = ended(sum, weight, soft);
        // Only the bone at the knuckle flows into the palm: a fingertip that touches the palm stays a fingertip.
        vec4 rooted = joined(palm, first, 0.007 * size);
        finger_is = min(finger_is, chain.w);
        if (rooted.w < found.w) found = rooted;
        if (chain.w < found.w) found = chain;
    }
    return found;
}

void main() {
    bool of_palm = point.w < 0.0;
    int me = first + gl_InstanceID;
    vec4 a = ends[2 * me], b = ends[2 * me + 1];
    if (a.w < 0.0) {
        // All in one place, so that it has no triangles.
        where = outward = on_cloth = shown = vec3(0.0);
        gl_Position = vec4(0.0);
        return;
    }
    float size = wrist.w;
    vec3 bone = b.xyz;
    float reach = length(bone);
    bone = reach > 1e-5 ? bone / reach : along.xyz;
    // A finger bends about the lateral axis, the thumb rather about the palm's: so the pattern does not turn.
    vec3 beside = me >= PALM && me < PALM + 2 ? palmward.xyz : lateral.xyz;
    beside -= bone * dot(beside, bone);
    beside = dot(beside, beside) > 1e-4 ? normalize(beside) : normalize(cross(bone, bone.yzx + vec3(0.3, 0.1, 0.2)));
    vec3 third = cross(bone, beside);
    vec3 out_ = point.x * beside + point.y * third + point.z * bone;
    vec3 p = a.xyz + b.xyz * point.w + mix(a.w, b.w, point.w) * out_;
    if (of_palm) p = point.xyz;
    vec3 n = out_;
    float open_air = 1.0, to_finger = 0.0;
    vec4 s = surface(p);
    if (of_palm || s.w > -0.012 * size) {
        for (int k = 0; k < 3; ++k) {
            p -= s.xyz * s.w / max(dot(s.xyz, s.xyz), 0.2);
            s = surface(p);
        }
        n = normalize(s.xyz + 1e-5 * out_);
        to_finger = finger_is - palm_is;
        open_air = clamp(surface(p + n * 0.009 * size).w / (0.009 * size), 0.0, 1.0);
    } else {
        // What lies deep inside is not seen: it goes to the bone, so that triangles from it dive under the others.
        p = a.xyz + b.xyz * point.w;
    }
    vec3 from_wrist = p - wrist.xyz;
    // The cuff ends in an opening.
    float back = -dot(from_wrist, along.xyz) - OPENING * size;
    if (back > 0.0) p += along.xyz * back;
    where = p;
    outward = n;
    shown = vec3(of_palm ? -1.0 - point.w : mix(ways[me].x, ways[me].y, point.w), open_air, to_finger);
    if (me >= PALM) {
        vec3 q = p - a.xyz;
        on_cloth = vec3(ways[me].z + dot(q, bone), dot(q, beside), dot(q, third));
    } else {
        on_cloth = vec3(dot(from_wrist, along.xyz), dot(from_wrist, lateral.xyz), 0.0);
    }
    gl_Position = vec4(0.0);
}
