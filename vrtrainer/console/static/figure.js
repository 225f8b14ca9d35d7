// Two people drawn from joint positions: rounded limbs on a canvas, without GL.
//
// Rule 1: what was not measured is dotted, and an eye with a line through it says so at a hand.
// Rule 2: both face whoever looks. As in a mirror means that the picture is turned over, never the data.
// Rule 3: both are drawn equally large, from the hips up: how somebody moves counts here, not how tall they are.

const MEASURED = "3";
const INK = "#1F2D36", LINEN = "#F4EFE6", OCHRE = "#7A5200";
const COLOURS = {
  avatar: { body: "#2E7D83", edge: "#124E53", skin: "#E9D3BC", skinEdge: "#8C6B4F" },
  attempt: { body: "#77629A", edge: "#43345A", skin: "#E9D3BC", skinEdge: "#8C6B4F" },
};
const FINGERS = ["Thumb", "Index", "Middle", "Ring", "Little"];

// Share of a person's own size (hips to head) that a limb is thick.
const THICK = { UpperArm: 0.13, neck: 0.13, UpperLeg: 0.2, LowerLeg: 0.16 };

export class People {
  // `data` is what /after/SESSION/trial/N.json answers: times, joints, avatar and attempt in mm, how. An avatar that
  // has finished stands: its samples end before the turn does.
  constructor(data) {
    this.times = data.times;
    this.index = Object.fromEntries(data.joints.map((name, i) => [name, i]));
    this.order = data.joints.map((_, i) => i);
    this.how = data.how;   // a text a sample, a digit a joint
    this.mirror = data.joints.map((name) => this.index[otherSide(name)] ?? this.index[name]);
    this.avatar = data.avatar;
    this.attempt = data.attempt;
    this.placed = { avatar: placing(this.avatar, this.index), attempt: placing(this.attempt, this.index) };
    this.limbs = limbsOf(this.index);
  }

  get duration() {
    return this.times.length ? this.times[this.times.length - 1] : 0;
  }

  // Positions of one of the two at a moment, in their own size: hips at 0, facing the viewer.
  at(who, time) {
    const frames = this[who];
    if (!frames.length) return null;
    const [i, share] = this.row(time);
    const last = frames.length - 1, a = frames[Math.min(i, last)], b = frames[Math.min(i + 1, last)];
    const { centre, turn, size } = this.placed[who];
    return a.map((p, j) => {
      const q = b[j];
      const x = p[0] + share * (q[0] - p[0]) - centre[0];
      const y = p[1] + share * (q[1] - p[1]) - centre[1];
      const z = p[2] + share * (q[2] - p[2]) - centre[2];
      return [(x * turn[0] + z * turn[1]) / size, y / size, (z * turn[0] - x * turn[1]) / size];
    });
  }

  // The sample before a moment, and how far it is to the next one.
  row(time) {
    const t = this.times;
    if (time <= t[0]) return [0, 0];
    let low = 0, high = t.length - 1;
    if (time >= t[high]) return [high, 0];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (t[middle] <= time) low = middle; else high = middle;
    }
    return [low, (time - t[low]) / (t[high] - t[low])];
  }

  // Whether a joint of the attempt was measured at a moment.
  seen(joint, time) {
    const [i, share] = this.row(time);
    const row = this.how[share > 0.5 ? Math.min(i + 1, this.how.length - 1) : i];
    return row ? row[joint] === MEASURED : false;
  }

  // How far the middle of some joints moved per second, sample by sample: for the lanes below the slider.
  speeds(who, joints) {
    const frames = this[who], out = new Array(frames.length).fill(0);
    for (let i = 1; i < frames.length; i++) {
      const gone = Math.max(...joints.map((j) => distance(frames[i][j], frames[i - 1][j])));
      out[i] = gone / Math.max(this.times[i] - this.times[i - 1], 1e-3) / this.placed[who].size;
    }
    return out.map((_, i) => {
      const near = out.slice(Math.max(i - 2, 0), i + 3);
      return near.reduce((a, b) => a + b, 0) / near.length;
    });
  }

  // What has to fit over the whole time: from where to where across (as it is drawn) and up.
  reach(mirrored, legs, view = "front") {
    const cos = Math.cos(VIEWS[view]), sin = Math.sin(VIEWS[view]);
    const out = { left: -0.5, right: 0.5, low: legs ? -1.45 : -0.2, high: 1.42 };
    for (const who of ["avatar", "attempt"]) {
      const turned = who === "attempt" && mirrored ? 1 : -1;
      for (let i = 0; i < this[who].length; i += 2) {
        const p = this.at(who, this.times[i]);
        for (const j of this.order) {
          if (p[j][1] < -0.25 && !legs) continue;
          const across = turned * p[j][0] * cos - p[j][2] * sin;
          out.left = Math.min(out.left, across - 0.12);
          out.right = Math.max(out.right, across + 0.12);
          out.high = Math.max(out.high, p[j][1] + 0.1);
        }
      }
    }
    return { left: Math.max(out.left, -1.8), right: Math.min(out.right, 1.8), low: out.low, high: Math.min(out.high, 2.6) };
  }
}

function otherSide(name) {
  if (name.startsWith("left")) return "right" + name.slice(4);
  if (name.startsWith("right")) return "left" + name.slice(5);
  return name;
}

function distance(a, b) {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

// Where somebody stands, which way they face and how large they are, over the whole time.
function placing(frames, index) {
  const need = ["hips", "head", "leftUpperArm", "rightUpperArm"];
  if (!frames.length || need.some((name) => !(name in index))) return { centre: [0, 0, 0], turn: [1, 0], size: 1 };
  const middle = (pick) => {
    const values = frames.map(pick).sort((a, b) => a - b);
    return values[values.length >> 1];
  };
  const centre = [0, 1, 2].map((k) => middle((f) => f[index.hips][k]));
  const across = [0, 2].map((k) => middle((f) => f[index.rightUpperArm][k] - f[index.leftUpperArm][k]));
  const length = Math.hypot(...across) || 1;
  const size = middle((f) => distance(f[index.hips], f[index.head])) || 0.6;
  return { centre, turn: [across[0] / length, across[1] / length], size };
}

function limbsOf(index) {
  const limbs = [];
  const add = (from, to, kind, part, taper = 1) => {
    if (from in index && to in index) limbs.push({ a: index[from], b: index[to], kind, part, taper });
  };
  for (const side of ["left", "right"]) {
    add(`${side}UpperLeg`, `${side}LowerLeg`, "UpperLeg", `${side}Leg`);
    add(`${side}LowerLeg`, `${side}Foot`, "LowerLeg", `${side}Leg`);
    for (const finger of FINGERS) {
      const chain = finger === "Thumb"
        ? ["Metacarpal", "Proximal", "Distal", "Tip"] : ["Proximal", "Intermediate", "Distal", "Tip"];
      const names = chain.map((part) => `${side}${finger}${part}`).filter((name) => name in index);
      for (let k = 1; k < names.length; k++) add(names[k - 1], names[k], "finger", `${side}Hand`);
    }
  }
  return limbs;
}

// How the scene is looked at.
export const VIEWS = { front: 0, slant: 0.6, side: Math.PI / 2 };

export class Stage {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = this.front = canvas.getContext("2d");
    this.glass = document.createElement("canvas");   // on which a see-through figure is drawn first
  }

  // `shows`: people, times {avatar, attempt}, part and joints of the learner's part or null, mirrored, view, over,
  // names, words {unseen}, trails.
  draw(shows) {
    const { canvas, pen } = this;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const width = canvas.clientWidth, height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const { people } = shows;
    const reach = shows.reach;
    const columns = shows.over ? 1 : 2;
    const room = width / columns;
    const top = 12, foot = 46;
    const { left, right } = reach;
    const scale = Math.min((room - 28) / (right - left), (height - top - foot) / (reach.high - reach.low));
    // Where there is room below the hips it is used, down to the feet: what is high stays at the top.
    const feet = height - foot - 1.52 * scale;
    const floor = Math.max(Math.min(top + reach.high * scale, height - foot + reach.low * scale), feet);
    this._room(width, height, columns, room, foot);
    const who = shows.over ? ["attempt", "avatar"] : ["avatar", "attempt"];
    who.forEach((name, k) => {
      const middle = room * ((shows.over ? 0 : k) + 0.5) - ((left + right) / 2) * scale;
      const mirrored = name === "attempt" && shows.mirrored;
      const from = room * (shows.over ? 0 : k);
      this._person(shows, name, { middle, floor, scale, mirrored, from, room, bottom: height - foot });
    });
    this._names(shows, width, height, foot, room);
  }

  _room(width, height, columns, room, foot) {
    const { pen } = this;
    pen.fillStyle = "#EFE8DB";
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = "#FBF8F2";
    const gap = 10;
    for (let k = 0; k < columns; k++) {
      pen.beginPath();
      pen.roundRect(k * room + (k ? gap / 2 : 0), 0, room - (columns > 1 ? gap / 2 : 0), height, 14);
      pen.fill();
    }
    pen.fillStyle = "#E6DDCC";
    for (let k = 0; k < columns; k++) {
      pen.beginPath();
      pen.roundRect(k * room + (k ? gap / 2 : 0), height - foot, room - (columns > 1 ? gap / 2 : 0), foot, [0, 0, 14, 14]);
      pen.fill();
    }
  }

  _names(shows, width, height, foot, room) {
    const { pen } = this;
    pen.font = "700 18px 'Atkinson Hyperlegible', Verdana, sans-serif";
    pen.textBaseline = "middle";
    pen.textAlign = "center";
    const labels = [["avatar", shows.names.avatar], ["attempt", shows.names.attempt]];
    labels.forEach(([who, text], k) => {
      const x = shows.over ? width / 2 + (k ? 1 : -1) * Math.min(width / 4, 150) : room * (k + 0.5);
      const wide = pen.measureText(text).width;
      this._sign(who, x - wide / 2 - 14, height - foot / 2);
      pen.fillStyle = INK;
      pen.fillText(text, x, height - foot / 2);
    });
  }

  // A filled round for the avatar, a ring for the learner: told apart without colour.
  _sign(who, x, y) {
    const { pen } = this;
    pen.beginPath();
    pen.arc(x, y, 6, 0, 2 * Math.PI);
    pen.lineWidth = 3;
    pen.strokeStyle = COLOURS[who].edge;
    if (who === "avatar") {
      pen.fillStyle = COLOURS[who].body;
      pen.fill();
    }
    pen.stroke();
  }

  _person(shows, who, where) {
    const { people } = shows;
    const time = shows.times[who];
    const points = people.at(who, time);
    if (!points) return;
    const angle = VIEWS[shows.view] ?? 0;
    const cos = Math.cos(angle), sin = Math.sin(angle);
    const project = (p) => {
      // They face -Z and the eye stands there: what is at their left (-X) lies at the viewer's right.
      const side = where.mirrored ? -p[0] : p[0];
      const across = -(side * cos + p[2] * sin), depth = p[2] * cos - side * sin;
      const near = 1 / (1 + 0.12 * depth);
      const x = across * near;
      return [where.middle + x * where.scale, where.floor - (p[1] + 0.06 * depth) * near * where.scale, depth, near];
    };
    const flat = points.map(project);
    const colours = COLOURS[who];
    const joints = this._chosen(shows, who);
    const ghost = shows.over && who === "avatar";
    if (ghost) this._onGlass();
    const { pen } = this;
    const style = (part, joint, skin) => {
      const faded = joints !== null && !joints.has(joint);
      const seen = who === "avatar" || people.seen(joint, time);
      const base = skin ? [colours.skin, colours.skinEdge] : [colours.body, colours.edge];
      return {
        fill: faded ? mixed(base[0], 0.78) : base[0],
        edge: faded ? mixed(base[1], 0.62) : base[1],
        pale: faded,
        seen,
      };
    };
    pen.save();
    pen.beginPath();
    pen.rect(where.from, 0, where.room, where.bottom);
    pen.clip();
    const shapes = [];
    this._torso(shapes, people, flat, style, where);
    for (const side of ["left", "right"]) this._arm(shapes, people, flat, side, style, where);
    for (const limb of people.limbs) {
      const skin = limb.kind === "finger";
      const [a, b] = [flat[limb.a], flat[limb.b]];
      const thick = (skin ? 0.04 : THICK[limb.kind]) * where.scale;
      const look = style(limb.part, limb.b, skin);
      if (!skin) Object.assign(look, trousers(look));
      // Legs begin under the jacket, whatever their depth.
      shapes.push({ depth: (a[2] + b[2]) / 2 + (skin ? 0 : 0.3), draw: () => this._capsule(a, b, thick, look) });
    }
    for (const side of ["left", "right"]) this._palm(shapes, people, flat, side, style, where);
    this._head(shapes, people, flat, points, style, where, project);
    shapes.sort((a, b) => b.depth - a.depth).forEach((shape) => shape.draw());
    this._trail(shows, who, project);
    if (who === "attempt") this._unseen(shows, people, flat, time, where);
    pen.restore();
    if (ghost) this._offGlass();
  }

  _onGlass() {
    const { glass, canvas, front } = this;
    if (glass.width !== canvas.width || glass.height !== canvas.height) {
      glass.width = canvas.width;
      glass.height = canvas.height;
    }
    this.pen = glass.getContext("2d");
    this.pen.setTransform(1, 0, 0, 1, 0, 0);
    this.pen.clearRect(0, 0, glass.width, glass.height);
    this.pen.setTransform(front.getTransform());
  }

  _offGlass() {
    this.pen = this.front;
    this.pen.save();
    this.pen.setTransform(1, 0, 0, 1, 0, 0);
    this.pen.globalAlpha = 0.55;
    this.pen.drawImage(this.glass, 0, 0);
    this.pen.restore();
  }

  // Joints that are not faded, for one of the two; as in a mirror the avatar's other side belongs to the learner's.
  _chosen(shows, who) {
    if (!shows.joints) return null;
    const turned = who === "avatar" && shows.mirrored;
    return new Set(shows.joints.map((j) => (turned ? shows.people.mirror[j] : j)));
  }

  _torso(shapes, people, flat, style, where) {
    const { index } = people, { pen } = this;
    const at = (name) => flat[index[name]];
    const names = ["leftUpperArm", "rightUpperArm", "rightUpperLeg", "leftUpperLeg"];
    if (names.some((name) => !(name in index))) return;
    const look = style("trunk", index.chest ?? index.hips, false);
    const thick = 0.2 * where.scale;
    const inner = names.map((name, k) => {
      const p = at(name), middle = at(k < 2 ? "upperChest" : "hips");
      const share = k < 2 ? 0.78 : 0.8;
      return [middle[0] + share * (p[0] - middle[0]), (k < 2 ? p[1] + 0.045 * where.scale : p[1])];
    });
    const depth = names.reduce((sum, name) => sum + at(name)[2], 0) / 4 + 0.02;
    shapes.push({
      depth,
      draw: () => {
        const path = () => {
          pen.beginPath();
          inner.forEach((p, k) => (k ? pen.lineTo(p[0], p[1]) : pen.moveTo(p[0], p[1])));
          pen.closePath();
        };
        this._painted(path, thick, look, true);
      },
    });
    if ("neck" in index && "head" in index) {
      shapes.push({
        depth: depth - 0.01,
        draw: () => this._capsule(at("neck"), at("head"), THICK.neck * where.scale, style("head", index.neck, true)),
      });
    }
  }

  // Both bones of an arm as one line, so that the elbow has no seam.
  _arm(shapes, people, flat, side, style, where) {
    const { index } = people, { pen } = this;
    const joints = ["UpperArm", "LowerArm", "Hand"].map((name) => index[side + name]);
    if (joints.some((j) => j === undefined)) return;
    const [a, b, c] = joints.map((j) => flat[j]);
    const look = style(`${side}Arm`, joints[1], false);
    const line = (...points) => () => {
      pen.beginPath();
      points.forEach((p, k) => (k ? pen.lineTo(p[0], p[1]) : pen.moveTo(p[0], p[1])));
    };
    const thick = THICK.UpperArm * where.scale;
    shapes.push({ depth: (a[2] + 2 * b[2] + c[2]) / 4 - 0.03, draw: () => this._painted(line(a, b, c), thick, look, false) });
  }

  _palm(shapes, people, flat, side, style, where) {
    const { index } = people, { pen } = this;
    const names = ["Hand", "IndexProximal", "MiddleProximal", "RingProximal", "LittleProximal"].map((n) => side + n);
    if (names.some((name) => !(name in index))) {
      const wrist = flat[index[`${side}Hand`]];
      if (wrist) {
        const look = style(`${side}Hand`, index[`${side}Hand`], true);
        shapes.push({ depth: wrist[2] - 0.01, draw: () => this._capsule(wrist, wrist, 0.12 * where.scale, look) });
      }
      return;
    }
    const points = names.map((name) => flat[index[name]]);
    const look = style(`${side}Hand`, index[`${side}MiddleProximal`], true);
    const path = () => {
      pen.beginPath();
      points.forEach((p, k) => (k ? pen.lineTo(p[0], p[1]) : pen.moveTo(p[0], p[1])));
      pen.closePath();
    };
    const depth = points.reduce((sum, p) => sum + p[2], 0) / points.length;
    shapes.push({ depth, draw: () => this._painted(path, 0.05 * where.scale, look, true) });
  }

  _head(shapes, people, flat, points, style, where, project) {
    const { index } = people, { pen } = this;
    if (!("head" in index)) return;
    const { up, forward } = headAxes(points, index);
    const middle3 = points[index.head].map((v, k) => v + 0.155 * up[k] + 0.02 * forward[k]);
    const [x, y, depth, near] = project(middle3);
    const crown = project(middle3.map((v, k) => v + 0.2 * up[k]));
    const tilt = Math.atan2(crown[0] - x, y - crown[1]);
    const radius = 0.2 * where.scale * near;
    const skin = style("head", index.head, true), hair = style("head", index.head, false);
    const round = (long = 1) => {
      pen.beginPath();
      pen.ellipse(x, y, radius * 0.88, radius * long, tilt, 0, 2 * Math.PI);
    };
    shapes.push({
      depth: depth - 0.08,
      draw: () => {
        this._painted(round, 1, skin, true);
        if (skin.seen) {
          // Hair is a cap in the person's own colour; it also says where the head faces.
          const back = project(middle3.map((v, k) => v + 0.24 * up[k] - 0.1 * forward[k]));
          pen.save();
          round();
          pen.clip();
          pen.beginPath();
          pen.ellipse(back[0], back[1], radius * 1.1, radius * 0.8, tilt, 0, 2 * Math.PI);
          pen.fillStyle = hair.fill;
          pen.fill();
          const nape = project(middle3.map((v, k) => v + 0.06 * up[k] - 0.17 * forward[k]));
          if (nape[2] < depth + 0.08) {   // from the side or from behind
            pen.beginPath();
            pen.arc(nape[0], nape[1], radius * 0.72, 0, 2 * Math.PI);
            pen.fill();
          }
          pen.restore();
        }
        for (const eye of [-1, 1]) {
          const right = cross(forward, up);
          const p = middle3.map((v, k) => v + 0.18 * forward[k] + 0.012 * up[k] + eye * 0.062 * right[k]);
          const at = project(p);
          if (at[2] > depth - 0.07) continue;   // on the far side of the head
          pen.beginPath();
          pen.arc(at[0], at[1], Math.max(radius * 0.085, 1.5), 0, 2 * Math.PI);
          pen.fillStyle = skin.edge;
          pen.fill();
        }
      },
    });
  }

  // A limb with rounded ends: its edge first, then what it is filled with; dotted where it was not measured.
  _capsule(a, b, thick, look) {
    const { pen } = this;
    const path = () => {
      pen.beginPath();
      pen.moveTo(a[0], a[1]);
      pen.lineTo(b[0] + (a[0] === b[0] && a[1] === b[1] ? 0.01 : 0), b[1]);
    };
    this._painted(path, thick, look, false);
  }

  _painted(path, thick, look, closed) {
    const { pen } = this;
    pen.lineJoin = pen.lineCap = "round";
    if (!look.seen) {
      path();
      pen.setLineDash([0.1, Math.max(thick * 0.28, 7)]);
      pen.lineWidth = Math.min(Math.max(thick * 0.2, 3), 5);
      pen.strokeStyle = look.edge;
      pen.stroke();
      pen.setLineDash([]);
      return;
    }
    path();
    pen.lineWidth = thick + 3;
    pen.strokeStyle = look.edge;
    pen.stroke();
    if (closed) {
      pen.fillStyle = look.fill;
      pen.fill();
    }
    pen.lineWidth = thick;
    pen.strokeStyle = look.fill;
    pen.stroke();
  }

  // The way that the hands went in the last second, as a line that fades.
  _trail(shows, who, project) {
    const { people } = shows, { pen } = this;
    for (const joint of shows.trails?.[who] ?? []) {
      const now = shows.times[who], points = [];
      for (let t = now - 0.9; t <= now + 1e-6; t += 0.06) {
        if (t < 0 || (who === "attempt" && !people.seen(joint, t))) continue;
        points.push(project(people.at(who, t)[joint]));
      }
      const [xs, ys] = [0, 1].map((axis) => points.map((p) => p[axis]));
      if (Math.max(...xs) - Math.min(...xs) + Math.max(...ys) - Math.min(...ys) < 10) continue;   // it rests
      pen.lineCap = "round";
      for (let k = 1; k < points.length; k++) {
        pen.beginPath();
        pen.moveTo(points[k - 1][0], points[k - 1][1]);
        pen.lineTo(points[k][0], points[k][1]);
        pen.lineWidth = 3;
        pen.strokeStyle = alpha(COLOURS[who].edge, 0.55 * (k / points.length));
        pen.stroke();
      }
    }
  }

  // An eye with a line through it at each hand that was not seen.
  _unseen(shows, people, flat, time, where) {
    for (const side of ["left", "right"]) {
      const joint = people.index[`${side}Hand`];
      if (joint === undefined || people.seen(joint, time)) continue;
      if (shows.joints && !shows.joints.includes(joint)) continue;
      const [x, y] = flat[joint];
      this.eye(x, Math.min(y, where.bottom - 20), 15);
    }
  }

  eye(x, y, r) {
    const { pen } = this;
    pen.save();
    pen.translate(x, y);
    pen.lineCap = "round";
    pen.beginPath();
    pen.arc(0, 0, r + 4, 0, 2 * Math.PI);
    pen.fillStyle = LINEN;
    pen.fill();
    pen.strokeStyle = OCHRE;
    pen.lineWidth = 2.5;
    pen.beginPath();
    pen.moveTo(-r, 0);
    pen.quadraticCurveTo(0, -r * 1.1, r, 0);
    pen.quadraticCurveTo(0, r * 1.1, -r, 0);
    pen.stroke();
    pen.beginPath();
    pen.arc(0, 0, r * 0.3, 0, 2 * Math.PI);
    pen.fillStyle = OCHRE;
    pen.fill();
    pen.beginPath();
    pen.moveTo(-r * 0.8, r * 0.8);
    pen.lineTo(r * 0.8, -r * 0.8);
    pen.stroke();
    pen.restore();
  }
}

// Up and forward of the head, from where the eyes lie: 0.16 above its joint and 0.13 before it, in a person's size.
function headAxes(points, index) {
  const head = points[index.head], left = points[index.leftEye], right = points[index.rightEye];
  if (!left || !right) return { up: [0, 1, 0], forward: [0, 0, -1] };
  const across = unit(right.map((v, k) => v - left[k]));
  const eyes = head.map((v, k) => (left[k] + right[k]) / 2 - v);
  const beside = cross(across, eyes);
  const up = unit(eyes.map((v, k) => 0.16 * v + 0.13 * beside[k]));
  return { up, forward: cross(up, across) };
}

function cross(a, b) {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(a) {
  const length = Math.hypot(...a) || 1;
  return a.map((v) => v / length);
}

function rgb(colour) {
  return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
}

// A colour on its way to the paper.
function mixed(colour, share) {
  const paper = rgb("#FBF8F2");
  const parts = rgb(colour).map((v, k) => Math.round(v + share * (paper[k] - v)).toString(16).padStart(2, "0"));
  return "#" + parts.join("");
}

// What legs wear: darker than the jacket, and as pale as it where it is pale.
function trousers(look) {
  const share = look.pale ? 0.72 : 0;
  return { fill: mixed("#5D6E79", share), edge: mixed("#2C3A43", share) };
}

function alpha(colour, share) {
  return `rgba(${rgb(colour).join(",")},${share.toFixed(3)})`;
}
