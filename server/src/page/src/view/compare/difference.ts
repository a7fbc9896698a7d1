/** Draws |A - B| times 2^doublings. Canvases do it themselves, so that large clips keep pace. */
export function drawDifference(
    canvas: HTMLCanvasElement,
    a: HTMLVideoElement,
    b: HTMLVideoElement,
    doublings: number,
): void {
    if (a.readyState < 2 || b.readyState < 2 || a.videoWidth === 0) {
        return;
    }
    if (canvas.width !== a.videoWidth || canvas.height !== a.videoHeight) {
        canvas.width = a.videoWidth;
        canvas.height = a.videoHeight;
    }
    const context = canvas.getContext('2d');
    if (context === null) {
        return;
    }
    const { width, height } = canvas;
    context.globalCompositeOperation = 'copy';
    context.drawImage(a, 0, 0, width, height);
    context.globalCompositeOperation = 'difference';
    context.drawImage(b, 0, 0, width, height);
    context.globalCompositeOperation = 'lighter'; // adds up to white
    for (let i = 0; i < doublings; i++) {
        context.drawImage(canvas, 0, 0);
    }
}
