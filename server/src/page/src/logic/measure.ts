/** Pixels as a canvas gives them: RGBA, 8 bits, row by row. */
export interface Picture {
    width: number;
    height: number;
    data: Uint8ClampedArray;
}

/** PSNR in dB over red, green and blue; infinity for equal pictures. */
export function psnr(a: Picture, b: Picture): number {
    let sum = 0;
    for (let i = 0; i < a.data.length; i += 4) {
        for (let c = 0; c < 3; c++) {
            const difference = (a.data[i + c] ?? 0) - (b.data[i + c] ?? 0);
            sum += difference * difference;
        }
    }
    const mean = sum / ((a.data.length / 4) * 3);
    return mean === 0 ? Infinity : 10 * Math.log10((255 * 255) / mean);
}

const WINDOW = 8;
const STEP = 4;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/** SSIM of the luminance (Wang et al., 2004) over windows of 8 x 8 pixels, 4 apart; 1 is equal. */
export function ssim(a: Picture, b: Picture): number {
    const x = luminance(a);
    const y = luminance(b);
    let sum = 0;
    let windows = 0;
    for (let top = 0; top + WINDOW <= a.height; top += STEP) {
        for (let left = 0; left + WINDOW <= a.width; left += STEP) {
            sum += windowSsim(x, y, a.width, left, top);
            windows++;
        }
    }
    return windows === 0 ? NaN : sum / windows;
}

function windowSsim(x: Float32Array, y: Float32Array, width: number, left: number, top: number): number {
    const n = WINDOW * WINDOW;
    let sx = 0;
    let sy = 0;
    let sxx = 0;
    let syy = 0;
    let sxy = 0;
    for (let row = top; row < top + WINDOW; row++) {
        for (let i = row * width + left; i < row * width + left + WINDOW; i++) {
            const p = x[i] ?? 0;
            const q = y[i] ?? 0;
            sx += p;
            sy += q;
            sxx += p * p;
            syy += q * q;
            sxy += p * q;
        }
    }
    const mx = sx / n;
    const my = sy / n;
    const vx = sxx / n - mx * mx;
    const vy = syy / n - my * my;
    const cov = sxy / n - mx * my;
    return ((2 * mx * my + C1) * (2 * cov + C2)) / ((mx * mx + my * my + C1) * (vx + vy + C2));
}

/** BT.601's luminance. */
function luminance(picture: Picture): Float32Array {
    const values = new Float32Array(picture.width * picture.height);
    for (let i = 0; i < values.length; i++) {
        const at = i * 4;
        values[i] =
            0.299 * (picture.data[at] ?? 0) +
            0.587 * (picture.data[at + 1] ?? 0) +
            0.114 * (picture.data[at + 2] ?? 0);
    }
    return values;
}
