// Check codes: the QR carries one behind the #, which never reaches a server's log; a camera reads it where the browser
// can do that by itself. Either way the code goes into the form, and from there in a POST.

const LOOK_EVERY_MS = 300;
const KEPT = 'check-code';

const codeIn = text => decodeURIComponent(text.slice(text.indexOf('#') + 1)).trim();

// Whoever has to sign in first finds the code again afterwards, in this tab only.
for (const link of document.querySelectorAll('[data-keep-code]')) {
  link.addEventListener('click', () => sessionStorage.setItem(KEPT, link.dataset.keepCode));
}

const watch = async form => {
  const part = name => form.querySelector(`[data-${name}]`);
  const field = form.querySelector('[name=code]');
  const camera = part('camera');

  const send = code => {
    field.value = code;
    form.requestSubmit();
  };

  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (location.hash) {
    const code = codeIn(location.hash);
    history.replaceState(null, '', location.pathname);
    send(code);
  } else if (kept) {
    field.value = kept;
  }

  const stop = () => {
    for (const track of camera.srcObject?.getTracks() ?? []) track.stop();
    camera.srcObject = null;
    camera.hidden = true;
  };

  const scan = async () => {
    const detector = new BarcodeDetector({formats: ['qr_code']});
    camera.srcObject = await navigator.mediaDevices.getUserMedia({video: {facingMode: 'environment'}});
    camera.hidden = false;
    await camera.play();
    while (camera.srcObject) {
      const [found] = await detector.detect(camera);
      if (found) {
        stop();
        send(codeIn(found.rawValue));
        return;
      }
      await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
    }
  };

  const formats = 'BarcodeDetector' in window ? await BarcodeDetector.getSupportedFormats() : [];
  part('scan').hidden = !formats.includes('qr_code');
  part('scan').addEventListener('click', () => scan().catch(() => {
    stop();
    part('camera-fails').hidden = false;
  }));
};

const form = document.querySelector('[data-check-code]');
if (form) watch(form);
