// Our own reader of bar codes, for browsers without one: ZXing compiled to wasm, served by ourselves.
import { BarcodeDetector, prepareZXingModule } from "barcode-detector/ponyfill";

export async function reader(wasm, formats) {
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  return new BarcodeDetector({ formats });
}
