import { onScopeDispose, shallowRef, watchEffect } from "vue";

/** What a live object of the library looks like now; `live` may be a ref that has none yet. */
export function useLive(live) {
  const view = shallowRef();
  let off = () => {};
  watchEffect(() => {
    off();
    const { value } = live;
    view.value = value?.view();
    off = value?.subscribe(() => (view.value = value.view())) ?? (() => {});
  });
  onScopeDispose(() => off());
  return view;
}
