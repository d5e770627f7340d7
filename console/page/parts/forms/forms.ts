import type { ComponentChild } from 'preact';
import type { ActionName } from '../../../api.ts';
import type { FormProps } from './form-props.ts';
import { HoldForm } from './hold-form.tsx';
import { ApproveForm, DenyForm } from './judgement-forms.tsx';
import { PublishForm } from './publish-form.tsx';
import { RedriveForm } from './redrive-form.tsx';
import { ResumeForm } from './resume-form.tsx';
import { WithdrawForm } from './withdraw-form.tsx';

/** The form of each action. */
export const forms: { readonly [A in ActionName]: (props: FormProps<A>) => ComponentChild } = {
  publish: PublishForm,
  approve: ApproveForm,
  deny: DenyForm,
  hold: HoldForm,
  resume: ResumeForm,
  withdraw: WithdrawForm,
  redrive: RedriveForm,
};
